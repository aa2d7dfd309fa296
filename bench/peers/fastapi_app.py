"""Leads in FastAPI and async SQLAlchemy, as a good tutorial would write them."""

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import Depends, FastAPI, HTTPException, Query, Request
from pydantic import BaseModel, ConfigDict, EmailStr, Field
from pydantic.alias_generators import to_camel
from sqlalchemy import ColumnElement, DateTime, ForeignKey, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship

PAGE_SIZE = 20

engine = create_async_engine("postgresql+asyncpg://")  # where it is, the environment says (PGHOST and others)
new_session = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()


def new_id() -> str:
    return str(uuid.uuid4())


def now() -> datetime:
    return datetime.now(UTC)


class Base(DeclarativeBase):
    type_annotation_map = {datetime: DateTime(timezone=True)}


class User(Base):
    __tablename__ = "users"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str]
    first_name: Mapped[str | None]
    last_name: Mapped[str | None]


class Lead(Base):
    __tablename__ = "leads"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    first_name: Mapped[str | None]
    last_name: Mapped[str | None]
    email: Mapped[str]
    phone: Mapped[str | None]
    company: Mapped[str | None]
    status: Mapped[str]
    source: Mapped[str | None]
    assigned_to: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    lead_score: Mapped[int | None]
    email_opt_out: Mapped[bool] = mapped_column(default=False)
    email_bounced: Mapped[bool] = mapped_column(default=False)
    converted_at: Mapped[datetime | None]
    converted_contact_id: Mapped[str | None]
    notes: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    owner: Mapped[User | None] = relationship()

    @property
    def assigned_to_name(self) -> str | None:
        return f"{self.owner.first_name} {self.owner.last_name}" if self.owner else None


class Shape(BaseModel):
    """JSON in camelCase, read from the attributes of a `Lead`."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True)


class LeadItem(Shape):
    id: str
    first_name: str | None
    last_name: str | None
    email: str
    phone: str | None
    company: str | None
    status: str
    source: str | None
    assigned_to: str | None
    lead_score: int | None
    created_at: datetime
    updated_at: datetime


class LeadDetail(LeadItem):
    assigned_to_name: str | None
    email_opt_out: bool
    email_bounced: bool
    converted_at: datetime | None
    converted_contact_id: str | None
    notes: str | None


class NewLead(Shape):
    first_name: str | None = None
    last_name: str | None = None
    email: EmailStr
    phone: str | None = None
    company: str | None = None
    status: Literal["new", "contacted", "qualified", "nurturing", "unqualified", "lost"] = "new"
    source: str | None = None
    assigned_to: str | None = None
    lead_score: int | None = Field(default=None, ge=1, le=10)
    email_opt_out: bool = False
    notes: str | None = None


class Page(BaseModel):
    count: int
    next: str | None
    previous: str | None
    results: list[LeadItem]


class Filters(Shape):
    """A comma means "any of"."""

    status: str | None = None
    source: str | None = None
    assigned_to: str | None = None
    email: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    search: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        for column, value in ((Lead.status, self.status), (Lead.source, self.source)):
            if value:
                found.append(column.in_(value.split(",")))
        if self.assigned_to:
            found.append(Lead.assigned_to.in_(self.assigned_to.split(",")))
        if self.email:
            found.append(Lead.email == self.email)
        if self.created_after:
            found.append(Lead.created_at > self.created_after)
        if self.created_before:
            found.append(Lead.created_at < self.created_before)
        if self.search:
            columns = (Lead.first_name, Lead.last_name, Lead.email, Lead.company)
            found.append(or_(*(column.ilike(f"%{self.search}%") for column in columns)))
        return found


async def session() -> AsyncIterator[AsyncSession]:
    async with new_session() as opened:
        yield opened


Session = Annotated[AsyncSession, Depends(session)]


@app.get("/api/leads/")
async def list_leads(
    request: Request, session: Session, filters: Annotated[Filters, Query()], page: Annotated[int, Query(ge=1)] = 1
) -> Page:
    conditions = filters.conditions()
    total = await session.scalar(select(func.count()).select_from(Lead).where(*conditions)) or 0
    newest_first = select(Lead).where(*conditions).order_by(Lead.created_at.desc(), Lead.id.desc())
    found = await session.scalars(newest_first.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE))
    url = request.url
    return Page(
        count=total,
        next=str(url.include_query_params(page=page + 1)) if page * PAGE_SIZE < total else None,
        previous=str(url.include_query_params(page=page - 1)) if page > 1 else None,
        results=[LeadItem.model_validate(lead) for lead in found],
    )


@app.get("/api/leads/{id}/")
async def get_lead(id: str, session: Session) -> LeadDetail:  # noqa: A002
    lead = await session.get(Lead, id, options=[joinedload(Lead.owner)])
    if lead is None:
        raise HTTPException(404)
    return LeadDetail.model_validate(lead)


@app.post("/api/leads/", status_code=201)
async def create_lead(new: NewLead, session: Session) -> LeadDetail:
    if new.assigned_to and await session.get(User, new.assigned_to) is None:
        raise HTTPException(422, "assignedTo is unknown")
    lead = Lead(**new.model_dump())
    session.add(lead)
    await session.commit()
    await session.refresh(lead, ["owner"])
    return LeadDetail.model_validate(lead)
